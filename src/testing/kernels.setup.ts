/**
 * Before each GPU test file: sets Dawn as navigator.gpu, reloads our modules, resets TensorFlow.js, and unwraps
 * WebGPU's classes. A process per file would spend much of its time loading TensorFlow.js. Afterwards, any Dawn message
 * on shaders (ours or TensorFlow.js's, warnings too) or on refused calls fails the file.
 */
import * as tf from '@tensorflow/tfjs';
import { afterAll, expect, vi } from 'vitest';
import { globals } from 'webgpu';
import { compareBytes } from './equalBytes';
import { limitWriting } from './writingLength';

vi.resetModules();
tf.engine().reset();
await limitWriting();
compareBytes();
const { afterCall, installDawn } = await import('../../node/dawn');
const { complaints } = await import('./complaints');
cleanDawn();

const pending: Promise<unknown>[] = [];
const devices: GPUDevice[] = [];
afterCall(GPUDevice.prototype, 'createShaderModule', (module: GPUShaderModule) => {
  const messagesRead = module.getCompilationInfo().then(({ messages }) => {
    for (const { type, message, lineNum } of messages) complaints.push(`${type}: ${message} (line ${lineNum})`);
  });
  pending.push(messagesRead);
});
afterCall(GPUAdapter.prototype, 'requestDevice', (opening: Promise<GPUDevice>) => {
  const opened = opening.then((device) => {
    devices.push(device);
    device.addEventListener('uncapturederror', ({ error }) => complaints.push(error.message));
  });
  pending.push(opened);
});
afterAll(async () => {
  await Promise.all(pending);
  for (const device of devices) device.destroy();
  expect(complaints, 'what Dawn said').toEqual([]);
});

/** Installs Dawn before the process's first file; before later files, restores its classes to that state. */
function cleanDawn(): void {
  const kept = globalThis as { homegrownDawn?: () => void };
  if (!kept.homegrownDawn) {
    installDawn();
    const classes = Object.values(globals as Record<string, { prototype?: object }>);
    const owners: object[] = [globalThis, ...classes.flatMap(({ prototype }) => prototype ?? [])];
    const names = (owner: object) =>
      owner === globalThis ? ['navigator', 'setImmediate'] : Object.getOwnPropertyNames(owner);
    const descriptors = owners.map((owner) => ({
      owner,
      properties: names(owner).map((name) => [name, Object.getOwnPropertyDescriptor(owner, name)!] as const),
    }));
    kept.homegrownDawn = () => {
      for (const { owner, properties } of descriptors) {
        for (const [name, property] of properties)
          if (property.configurable) Object.defineProperty(owner, name, property);
      }
    };
  }
  kept.homegrownDawn();
}
