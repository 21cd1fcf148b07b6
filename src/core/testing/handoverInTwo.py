"""train.py in two processes on this machine's processor: first with whole copies (DDP), then cut in two (FSDP).

It does what torchrun does, but loads PyTorch only once. FSDP is made for GPUs: what gloo and PyTorch 2.6 lack for
processors (streams, a reduce-scatter, a copy that leaves version counters alone) is put in place here.
"""

import os
import runpy
import socket
import sys
import traceback
import warnings

import torch
import torch.distributed as dist
import torch.distributed.fsdp
import safetensors.torch


class Event:
    def wait(self, *_):
        pass


def reduce_scatter(output, input, op=dist.ReduceOp.SUM, group=None, async_op=False):
    total = input.clone()
    dist.all_reduce(total, group=group)
    if op == dist.ReduceOp.AVG:
        total /= dist.get_world_size(group)
    output.copy_(total.chunk(dist.get_world_size(group))[dist.get_rank(group)].view_as(output))


split_with_sizes_copy = torch.split_with_sizes_copy


def split_quietly(x, sizes, dim=0, out=None):
    versions = [part._version for part in out]
    split_with_sizes_copy(x, sizes, dim=dim, out=out)
    for part, version in zip(out, versions):
        torch._C._autograd._unsafe_set_version_counter(part, version)


def prepare_fsdp():
    torch.cpu.Stream.record_event = lambda self, event=None: Event()
    torch.cpu.Stream.wait_event = lambda self, event: None
    torch.cpu.Stream.wait_stream = lambda self, stream: None
    dist.reduce_scatter_tensor = reduce_scatter
    torch.split_with_sizes_copy = split_quietly
    warnings.filterwarnings("ignore", "DTensor random operators")


def child(rank, port, options):
    os.environ.update(RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), USE_LIBUV="0")
    if "--fsdp" in options:
        prepare_fsdp()
    sys.argv = ["train.py", *sys.argv[1:], *options]
    sys.path.insert(0, ".")
    runpy.run_path("train.py", run_name="__main__")


for options in [[], ["--fsdp"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    children = []
    for rank in range(2):
        process = os.fork()
        if process == 0:
            try:
                child(rank, port, options)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(process)
    if any([os.waitpid(process, 0)[1] for process in children]):
        sys.exit(1)
