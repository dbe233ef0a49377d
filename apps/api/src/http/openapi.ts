import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { z } from 'zod';
import { caseSchema, problemSchema } from '#contract';
import { UPLOAD_PATHS } from '../uploads/tus-document.js';
import { type EndpointSpec, endpointOf } from './endpoint.js';

/** What many endpoints answer is written down once. */
const NAMED: Readonly<Record<string, z.ZodType>> = { Problem: problemSchema, Case: caseSchema };

/** OpenAPI 3.1 made from the schemas that validate: document and behaviour cannot drift apart. */
export function makeOpenApi(app: INestApplication, version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = { ...UPLOAD_PATHS };
  for (const endpoint of endpoints(app)) {
    const path = `/api/v1/${endpoint.path.replace(/[:*](\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Liuhen 留痕',
      version,
      description:
        '行政执法全过程记录归档接口。Errors are RFC 9457 problem JSON with a stable `code`; `title` is Chinese, `titleEn` English.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'token of POST /api/v1/sessions' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-liuhen',
          description: 'browser session; changes also need the header X-Liuhen: 1',
        },
      },
      schemas: Object.fromEntries(Object.entries(NAMED).map(([name, schema]) => [name, jsonSchema(schema, 'output')])),
    },
  };
}

export function endpoints(app: INestApplication): EndpointSpec[] {
  const discovery = app.get(DiscoveryService);
  const scanner = new MetadataScanner();
  return discovery.getControllers().flatMap(({ instance }) => {
    const prototype = Object.getPrototypeOf(instance);
    return scanner.getAllMethodNames(prototype).flatMap((name) => endpointOf(prototype[name]) ?? []);
  });
}

function operation(endpoint: EndpointSpec): Record<string, unknown> {
  const problem = {
    description: '问题说明 Problem',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    summary: endpoint.summary,
    tags: [endpoint.path.split('/')[0]],
    ...(endpoint.isOpen ? { security: [] } : {}),
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint)],
    ...(endpoint.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(endpoint.body, 'input') } },
          },
        }
      : {}),
    responses: { [String(endpoint.status ?? 200)]: answer(endpoint), default: problem },
  };
}

function answer(endpoint: EndpointSpec): Record<string, unknown> {
  if (endpoint.response)
    return {
      description: endpoint.summary,
      content: {
        'application/json': { schema: referenceTo(endpoint.response) ?? jsonSchema(endpoint.response, 'output') },
      },
    };
  const types = endpoint.bytes ?? [];
  if (types.length === 0) return { description: endpoint.summary };
  return { description: endpoint.summary, content: Object.fromEntries(types.map((type) => [type, {}])) };
}

function referenceTo(schema: z.ZodType): Record<string, unknown> | null {
  const name = Object.keys(NAMED).find((one) => NAMED[one] === schema);
  return name === undefined ? null : { $ref: `#/components/schemas/${name}` };
}

function pathParameters(endpoint: EndpointSpec): unknown[] {
  return [...endpoint.path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(endpoint: EndpointSpec): unknown[] {
  if (!endpoint.query) return [];
  const schema = jsonSchema(endpoint.query, 'input') as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
}
