/** Entry point of `npm run inspect`. */
import { inspectCommand } from '../inspect';
import { main } from '../terminal';

void main(inspectCommand);
