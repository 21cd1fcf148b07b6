/** When a model learns its training text more than its language. Losses are in nats per token. */

/** Validation loss above training loss from which a model starts to memorize. */
export const MEMORIZING_GAP = 0.3;
/** From here on, more steps hardly help: more text does. */
export const TOO_MUCH_GAP = 1;

/** `Training text is 0.5 nats easier than new text` */
export const gapWords = (gap: number): string => `Training text is ${gap.toFixed(1)} nats easier than new text`;
