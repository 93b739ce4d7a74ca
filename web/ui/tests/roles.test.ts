import { expect, test } from 'vitest';

import { readsRecords } from '../src/lib/roles';

test('staff reads records at a node, line 1 not at the hub, an auditor and a program nowhere', () => {
  expect(readsRecords(['operator'], false)).toBe(true);
  expect(readsRecords(['operator'], true)).toBe(false);
  expect(readsRecords(['operator', 'supervisor'], true)).toBe(true);
  for (const isHub of [false, true]) {
    expect(readsRecords(['administrator'], isHub)).toBe(true);
    expect(readsRecords(['auditor'], isHub)).toBe(false);
    expect(readsRecords(['program'], isHub)).toBe(false);
    expect(readsRecords([], isHub)).toBe(false);
  }
});
