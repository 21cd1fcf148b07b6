import { answers, targets } from './answers';
import { chats } from './chats';
import { classes } from './classes';
import { freely } from './freely';
import { labels } from './labels';
import { masked } from './masked';
import type { Reading } from './reading';
import { strided, text } from './text';

export const READINGS: readonly Reading[] = [text, strided, masked, targets, answers, chats, labels, classes, freely];
