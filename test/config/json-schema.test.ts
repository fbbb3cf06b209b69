import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { configJsonSchema, configJsonSchemaText } from '../../config/json-schema.ts';

const read = (name: string): string => readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');

describe('the JSON Schema of the configuration', () => {
  it('is committed as it is generated', () => {
    assert.equal(
      read('schema.json'),
      configJsonSchemaText(),
      'run: npm run gate -- config schema > config/schema.json',
    );
  });

  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(configJsonSchema());

  for (const name of ['huu-nghi.yaml', 'huu-nghi-quan.yaml']) {
    it(`accepts ${name} in an editor`, () => {
      assert.equal(validate(parse(read(name))), true, JSON.stringify(validate.errors));
    });
  }

  it('refuses a lane without devices in an editor', () => {
    const document = parse(read('huu-nghi.yaml')) as { lanes: Record<string, unknown>[] };
    delete document.lanes[0]?.devices;
    assert.equal(validate(document), false);
  });
});
