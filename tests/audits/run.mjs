// node run.mjs URL [TOKEN]: prints a line for each audit; exit code 1 if any is not ok.
import { auditServer } from 'graphql-http';

const [url, token] = process.argv.slice(2);
if (!url) {
  console.error('usage: node run.mjs URL [TOKEN]');
  process.exit(2);
}
const fetchFn = (input, init = {}) => {
  const headers = new Headers(init.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  return fetch(input, { ...init, headers });
};
const results = await auditServer({ url, fetchFn });
for (const { id, name, status, reason } of results) {
  console.log(`${status.padEnd(5)} ${id} ${name}${reason ? `: ${reason}` : ''}`);
}
const ok = results.filter(({ status }) => status === 'ok').length;
console.log(`${ok} of ${results.length} audits are ok`);
process.exit(ok === results.length ? 0 : 1);
