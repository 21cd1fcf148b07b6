/** Entry point of `npm run tune`. */
import { tuneCommand } from '../tune';
import { main } from '../terminal';

void main(tuneCommand);
