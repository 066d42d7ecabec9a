// node judge.cjs: reads a line {"schema": …, "answers": […]} after the other, prints a line of verdicts for each.
const { createInterface } = require('node:readline');
const Ajv = require('ajv/dist/2020').default;
const formats = require('ajv-formats').default;

const ajv = new Ajv({ strict: false, allErrors: false, addUsedSchema: false, logger: false });
formats(ajv);
createInterface({ input: process.stdin }).on('line', (line) => {
  const { schema, answers } = JSON.parse(line);
  const valid = ajv.compile(schema);
  console.log(JSON.stringify(answers.map((answer) => valid(answer))));
  ajv.removeSchema(schema);
});
