/**
 * Before each file of kernel tests: Dawn as navigator.gpu, and afterwards whatever it had to say of a shader, ours or
 * TensorFlow.js's, fails the file, warnings too.
 */
import { afterAll, expect } from 'vitest';
import { after, installDawn } from './dawn';

installDawn();
const said: Promise<string[]>[] = [];
after(GPUDevice.prototype, 'createShaderModule', (module: GPUShaderModule) => {
  const lines = module
    .getCompilationInfo()
    .then(({ messages }) => messages.map(({ type, message, lineNum }) => `${type}: ${message} (line ${lineNum})`));
  said.push(lines);
});
afterAll(async () => expect((await Promise.all(said)).flat(), 'what the compiler of shaders said').toEqual([]));
