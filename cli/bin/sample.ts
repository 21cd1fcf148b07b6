/** Entry point of `npm run sample`. */
import { sampleCommand } from '../sample';
import { main } from '../terminal';

void main(sampleCommand);
