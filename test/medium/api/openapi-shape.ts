import { z } from 'zod';

/**
 * The structure OpenAPI 3.1 asks for (https://spec.openapis.org/oas/v3.1.0), as far as a document of ours may go: every
 * object is closed, so that a misspelt field is a fault and not an extension.
 */
const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const media = z.strictObject({ schema: schema.optional() });
const content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+*-]+$/), media);
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema,
});
const response = z.strictObject({
  description: z.string().min(1),
  content: content.optional(),
});
const security = z.array(z.record(z.string(), z.array(z.string())));
const operation = z.strictObject({
  summary: z.string().min(1),
  tags: z.array(z.string().min(1)).min(1),
  security: security.optional(),
  parameters: z.array(parameter).optional(),
  requestBody: z.strictObject({ required: z.boolean().optional(), content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), response),
});
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const path = z.strictObject(Object.fromEntries(methods.map((method) => [method, operation.optional()])));

export const openApiSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string().optional() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  security,
  paths: z.record(z.string().startsWith('/'), path),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('http'), scheme: z.string(), description: z.string().optional() }),
        z.strictObject({
          type: z.literal('apiKey'),
          in: z.enum(['query', 'header', 'cookie']),
          name: z.string(),
          description: z.string().optional(),
        }),
      ]),
    ),
    schemas: z.record(z.string(), schema),
  }),
});
export type OpenApi = z.infer<typeof openApiSchema>;

const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']);

/** What a structure alone does not show: path parameters, references, types of JSON Schema 2020-12, known schemes. */
export function faultsOf(document: OpenApi): string[] {
  const faults: string[] = [];
  const schemes = new Set(Object.keys(document.components.securitySchemes));
  for (const [template, item] of Object.entries(document.paths)) {
    const wanted = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (/[:*]/.test(template)) faults.push(`${template}: not a template of OpenAPI`);
    for (const [method, given] of Object.entries(item)) {
      if (given === undefined) continue;
      const at = `${method} ${template}`;
      const parameters = given.parameters ?? [];
      const named = parameters.filter((one) => one.in === 'path');
      if (JSON.stringify(named.map(({ name }) => name).sort()) !== JSON.stringify([...wanted].sort()))
        faults.push(`${at}: path parameters`);
      if (named.some(({ required }) => required !== true)) faults.push(`${at}: a path parameter is always required`);
      if (new Set(parameters.map((one) => `${one.in} ${one.name.toLowerCase()}`)).size !== parameters.length)
        faults.push(`${at}: a parameter comes twice`);
      if (Object.keys(given.responses).length === 0) faults.push(`${at}: no response`);
      for (const requirement of given.security ?? [])
        for (const name of Object.keys(requirement)) if (!schemes.has(name)) faults.push(`${at}: security ${name}`);
    }
  }
  walk(document, '#', (value, at) => {
    const { $ref, type } = value as { $ref?: unknown; type?: unknown };
    if (typeof $ref === 'string' && resolve(document, $ref) === undefined) faults.push(`${at}: ${$ref} leads nowhere`);
    const isSchema = /\/(schema|schemas|properties|items|anyOf|oneOf|allOf|additionalProperties)(\/|$)/.test(at);
    const names = typeof type === 'string' ? [type] : Array.isArray(type) ? type : [];
    if (isSchema && !at.endsWith('/properties') && names.some((name) => !TYPES.has(String(name))))
      faults.push(`${at}: type ${String(type)}`);
  });
  return faults;
}

function walk(value: unknown, at: string, visit: (value: object, at: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  visit(value, at);
  for (const [key, item] of Object.entries(value)) walk(item, `${at}/${key}`, visit);
}

function resolve(document: unknown, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined;
  let found: unknown = document;
  for (const step of ref.slice(2).split('/')) found = (found as Record<string, unknown> | undefined)?.[step];
  return found;
}
