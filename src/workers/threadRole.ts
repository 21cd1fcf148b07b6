/** A thread of the GPU worker's, where that computes on the processor: what it begins with is its first message. */
import { help, type Start } from '../core/threads/threads';

onmessage = ({ data }: MessageEvent<Start>) => help(data);
