export { decodeText as read } from '../decode';
