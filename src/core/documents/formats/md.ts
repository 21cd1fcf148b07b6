/** Markdown is imported as written, including its syntax. */
export { decodeText as read } from '../decode';
