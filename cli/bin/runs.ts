/** Entry point of `npm run runs`. */
import { runsCommand } from '../runs';
import { main } from '../terminal';

void main(runsCommand);
