/** Chooses where the tests of the deployment run. */
import { ComposeTopology } from './compose.topology.js';
import { ProcessTopology } from './process.topology.js';
import { type Topology } from './topology.js';

/** The containers that `test/compose/run` brought up; without it, processes of this machine. */
export function startTopology(): Promise<Topology> {
  const { KEYWARD_COMPOSE_PROJECT: project, KEYWARD_COMPOSE_ENV_FILE: file } = process.env;
  return project && file ? ComposeTopology.attach(project, file) : ProcessTopology.start();
}
