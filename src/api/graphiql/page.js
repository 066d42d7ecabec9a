// The console's own part: who one is (country, role, token), and the sample queries as tabs.
'use strict';

const at = (id) => document.getElementById(id);
const load = async (path) => {
  const answer = await fetch(path);
  return answer.ok ? (await answer.json()) ?? [] : [];
};

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value, false, value === chosen)));
  select.parentElement.hidden = options.length === 0;
}

class Identity {
  constructor(tokens) {
    this.tokens = tokens;
    const tenants = new Map(tokens.map(({ tenant, country }) => [tenant, country ?? tenant]));
    fill(at('tenant'), [...tenants]);
    at('tenant').onchange = () => this.choose(at('tenant').value, at('role').value);
    at('role').onchange = () => this.choose(at('tenant').value, at('role').value);
    at('token').oninput = () => this.say();
    if (tokens.length) this.choose(tokens[0].tenant, tokens[0].role);
    this.say();
  }

  choose(tenant, role) {
    const roles = this.tokens.filter((entry) => entry.tenant === tenant);
    if (!roles.length) return;
    const entry = roles.find((one) => one.role === role) ?? roles[0];
    at('tenant').value = tenant;
    fill(at('role'), roles.map((one) => [one.role, one.role.replaceAll('_', ' ')]), entry.role);
    at('token').value = entry.token;
    this.say();
  }

  say() {
    at('status').textContent = at('token').value ? '' : 'No token: paste one.';
  }

  headers() {
    return at('token').value ? { authorization: `Bearer ${at('token').value}` } : {};
  }
}

const pretty = (value) => JSON.stringify(value ?? {}, null, 2);

async function ask(identity, parameters) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...identity.headers() },
    body: JSON.stringify(parameters),
  });
  return answer.json();
}

function graphiql(identity, tabs) {
  // Keeps nothing between visits: tokens and answers stay out of the browser's storage.
  const memory = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };
  const { useState, createElement: h } = React;
  const opened = tabs.map(({ query, variables }) => ({ query, variables: pretty(variables) }));
  let current = 0;
  const follow = ({ activeTabIndex }) => {
    if (activeTabIndex === current || !tabs[activeTabIndex]) return;
    current = activeTabIndex;
    identity.choose(tabs[current].tenant, tabs[current].role);
  };
  const Page = () => {
    const [fetcher] = useState(() => (parameters) => ask(identity, parameters));
    return h(GraphiQL, {
      fetcher,
      storage: memory,
      shouldPersistHeaders: false,
      defaultQuery: '{\n  __typename\n}\n',
      defaultTabs: opened.length ? opened : undefined,
      onTabChange: follow,
    });
  };
  ReactDOM.createRoot(at('console')).render(h(Page));
  if (tabs.length) identity.choose(tabs[0].tenant, tabs[0].role);
}

function plain(identity, tabs) {
  at('console').append(at('plain').content.cloneNode(true));
  const show = (tab, button) => {
    at('query').value = tab.query;
    at('variables').value = pretty(tab.variables);
    at('answer').textContent = '';
    for (const other of at('tabs').children) other.setAttribute('aria-current', other === button);
    identity.choose(tab.tenant, tab.role);
  };
  for (const tab of tabs.length ? tabs : [{ title: 'New', query: '{ __typename }' }]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = tab.title;
    button.onclick = () => show(tab, button);
    at('tabs').append(button);
  }
  at('tabs').firstChild.click();
  at('run').onclick = async () => {
    try {
      const variables = JSON.parse(at('variables').value || '{}');
      at('answer').textContent = pretty(await ask(identity, { query: at('query').value, variables }));
    } catch (error) {
      at('answer').textContent = String(error);
    }
  };
}

async function main() {
  const [tokens, tabs] = await Promise.all([load('/dev/tokens.json'), load('/dev/tabs.json')]);
  const identity = new Identity(tokens);
  (window.GraphiQL ? graphiql : plain)(identity, tabs);
}

main();
