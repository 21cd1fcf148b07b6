/** Markdown is learnt as it is written, marks and all. */
export { decodeText as read } from '../decode';
