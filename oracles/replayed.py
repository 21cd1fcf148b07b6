"""Replays the recording of recordedGpu.ts with wgpu: naga compiles its shaders, as in Firefox."""

import json
import re
from pathlib import Path

import numpy as np
import wgpu


class Recording:
    """A folder with the recording: shaders, and calls in order."""

    def __init__(self, folder: Path):
        program = json.loads((folder / "program.json").read_text(encoding="utf-8"))
        self.limits: dict[str, int] = program["limits"]
        self.modules: list[dict[str, str]] = program["modules"]
        self.calls: list[dict] = program["calls"]
        self.data = memoryview((folder / "data.bin").read_bytes())

    def data_of(self, call: dict) -> memoryview:
        return self.data[call["data"]["at"] :][: call["data"]["bytes"]]


def device_with(limits: dict[str, int]) -> wgpu.GPUDevice:
    """Raises RuntimeError if this machine has no adapter."""
    return wgpu.gpu.request_adapter_sync().request_device_sync(required_features=[], required_limits=limits)


def faults(device: wgpu.GPUDevice, recording: Recording) -> list[str]:
    """
    What the compiler has against kernels of the recording, of each a text that begins with the kernel's name. Every shader is
    parsed and validated. Those that differ in numbers alone have one pipeline, unless the limits of a device ask for them.
    """
    found = []
    compiler = Replay(device, recording)
    compiled = set()
    for call in recording.calls:
        if call["call"] == "layout":
            compiler.layout(call)
        elif call["call"] == "pipeline":
            module = recording.modules[call["module"]]
            form = "\n".join(re.sub(r"\d+", "0", line) if not LIMITED.match(line) else line for line in module["code"].splitlines())
            try:
                compiler.module(call["module"])
                if form not in compiled:
                    compiler.pipeline(call)
            except wgpu.GPUError as error:
                found.append(f"{module['name']}: {error}")
            compiled.add(form)
    return found


LIMITED = re.compile(r"\s*(var<workgroup>|const |override |@compute)")
"""Lines of which a device has limits."""


def replay(device: wgpu.GPUDevice, recording: Recording) -> list[np.ndarray]:
    """-> the result of each read, as f32."""
    running = Replay(device, recording)
    for call in recording.calls:
        getattr(running, call["call"])(call)
    return running.reads


class Replay:
    """A method for each kind of call."""

    def __init__(self, device: wgpu.GPUDevice, recording: Recording):
        self.device = device
        self.recording = recording
        self.objects: dict[int, object] = {}
        self.modules: dict[int, wgpu.GPUShaderModule] = {}
        self.reads: list[np.ndarray] = []

    def buffer(self, call: dict) -> None:
        has_data = "data" in call
        made = self.device.create_buffer(size=call["size"], usage=call["usage"], mapped_at_creation=has_data)
        if has_data:
            made.write_mapped(self.recording.data_of(call))
            made.unmap()
        self.objects[call["id"]] = made

    def layout(self, call: dict) -> None:
        entries = [
            {"binding": entry["binding"], "visibility": wgpu.ShaderStage.COMPUTE, "buffer": {"type": entry["type"]}}
            for entry in call["entries"]
        ]
        self.objects[call["id"]] = self.device.create_bind_group_layout(entries=entries)

    def module(self, index: int) -> wgpu.GPUShaderModule:
        if index not in self.modules:
            self.modules[index] = self.device.create_shader_module(code=self.recording.modules[index]["code"])
        return self.modules[index]

    def pipeline(self, call: dict) -> None:
        self.objects[call["id"]] = self.device.create_compute_pipeline(
            layout=self.device.create_pipeline_layout(bind_group_layouts=[self.objects[call["layout"]]]),
            compute={"module": self.module(call["module"]), "entry_point": call["entry"]},
        )

    def group(self, call: dict) -> None:
        entries = [
            {
                "binding": entry["binding"],
                "resource": {key: entry[key] for key in ("offset", "size")} | {"buffer": self.objects[entry["buffer"]]},
            }
            for entry in call["entries"]
        ]
        self.objects[call["id"]] = self.device.create_bind_group(layout=self.objects[call["layout"]], entries=entries)

    def write(self, call: dict) -> None:
        self.device.queue.write_buffer(self.objects[call["buffer"]], call["offset"], self.recording.data_of(call))

    def submit(self, call: dict) -> None:
        encoder = self.device.create_command_encoder()
        computing = None
        for command in call["commands"]:
            if "copy" in command:
                if computing:
                    computing = computing.end()
                source, target = self.objects[command["copy"]], self.objects[command["to"]]
                encoder.copy_buffer_to_buffer(source, command["fromOffset"], target, command["toOffset"], command["bytes"])
                continue
            computing = computing or encoder.begin_compute_pass()
            computing.set_pipeline(self.objects[command["pipeline"]])
            computing.set_bind_group(0, self.objects[command["group"]])
            computing.dispatch_workgroups(*command["dispatch"])
        if computing:
            computing.end()
        self.device.queue.submit([encoder.finish()])

    def read(self, call: dict) -> None:
        buffer = self.objects[call["buffer"]]
        buffer.map_sync(wgpu.MapMode.READ)
        self.reads.append(np.frombuffer(bytes(buffer.read_mapped(copy=True)), dtype=np.float32))
        buffer.unmap()
