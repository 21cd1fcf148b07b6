/**
 * Before each file of kernel tests: Dawn as navigator.gpu. Afterwards whatever it had to say fails the file: of a shader, ours
 * or TensorFlow.js's, warnings too, and of calls that it refused, whether a test looked or not.
 */
import { afterAll, expect } from 'vitest';
import { after, installDawn } from './dawn';
import { complaints } from './complaints';

installDawn();
const pending: Promise<unknown>[] = [];
after(GPUDevice.prototype, 'createShaderModule', (module: GPUShaderModule) => {
  const said = module.getCompilationInfo().then(({ messages }) => {
    for (const { type, message, lineNum } of messages) complaints.push(`${type}: ${message} (line ${lineNum})`);
  });
  pending.push(said);
});
after(GPUAdapter.prototype, 'requestDevice', (opening: Promise<GPUDevice>) => {
  const listening = opening.then((device) =>
    device.addEventListener('uncapturederror', ({ error }) => complaints.push(error.message)),
  );
  pending.push(listening);
});
afterAll(async () => {
  await Promise.all(pending);
  expect(complaints, 'what Dawn said').toEqual([]);
});
