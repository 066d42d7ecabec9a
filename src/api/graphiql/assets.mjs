// Copies the few built files that the server embeds, with their licences, from node_modules to assets.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';

const files = {
  'react.js': 'react/umd/react.production.min.js',
  'react-dom.js': 'react-dom/umd/react-dom.production.min.js',
  'graphiql.js': 'graphiql/graphiql.min.js',
  'graphiql.css': 'graphiql/graphiql.min.css',
};
for (const [name, from] of Object.entries(files)) {
  copyFileSync(`node_modules/${from}`, `assets/${name}`);
}
const packages = Object.keys(JSON.parse(readFileSync('package-lock.json')).packages).filter(Boolean);
const licences = packages.map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(`${path}/package.json`));
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE']) {
    try {
      return `${name} ${version}\n\n${readFileSync(`${path}/${file}`, 'utf8')}`;
    } catch {}
  }
  return `${name} ${version}: ${license}\n`;
});
writeFileSync('assets/LICENSES.txt', licences.join('\n----\n\n'));
