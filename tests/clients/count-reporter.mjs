/** Ends a run of node:test with one line that people and CI can read. */
export default async function* count(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined) counts.skipped++;
    else if (type === 'test:pass') counts.passed++;
    else counts.failed++;
  }
  if (counts.skipped > 0) yield `${counts.skipped} skipped\n`;
  yield `${counts.passed} passed, ${counts.failed} failed\n`;
}
