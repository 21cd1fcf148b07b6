/** Entry point of `npm run export`. */
import { exportCommand } from '../export';
import { main } from '../terminal';

void main(exportCommand);
