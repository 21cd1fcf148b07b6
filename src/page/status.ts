/** Status and failure below the form. */
import { type Failure, paragraph } from '../core/base/errors';
import { elementById } from './elementById';

export function showStatus(words: string): void {
  elementById('status', HTMLElement).textContent = words;
}

export function showFailure({ message, remedy }: Failure): void {
  elementById('failure', HTMLElement).textContent = paragraph(message, remedy);
}
