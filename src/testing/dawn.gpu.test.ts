import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';

const SPIN = `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
override rounds: u32;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = 0u; i < rounds; i++) { out[id.x] = fract(out[id.x] * 1.618 + 0.5); }
}`;

it('leaves the processor to a software adapter while awaiting its work', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const module = device.createShaderModule({ code: SPIN });
  const buffer = device.createBuffer({ size: 64 * 4, usage: GPUBufferUsage.STORAGE });
  let ms = 0;
  let busy = 1;
  for (let rounds = 1e5; ms < 200; rounds *= 2) {
    const compute = { module, constants: { rounds } };
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute });
    const layout = pipeline.getBindGroupLayout(0);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] }));
    pass.dispatchWorkgroups(1);
    pass.end();
    const [began, before] = [performance.now(), performance.eventLoopUtilization()];
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    ms = performance.now() - began;
    busy = performance.eventLoopUtilization(before).utilization;
  }
  expect(busy).toBeLessThan(0.8); // 1 if Dawn polls in every turn
  device.destroy();
});
