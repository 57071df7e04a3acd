/** Configuration namespace `views`: where a team keeps the templates and assets that replace ours. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** Where pages come from. */
export interface ViewsConfig {
  /** Absolute path; a file in it stands in place of ours of the same name. Absent: ours alone. */
  readonly overlayDirectory: string | undefined;
}

export const viewsConfig = registerAs('views', (): ViewsConfig => ({
  overlayDirectory: parseEnvironment(process.env).AUTH_VIEWS_DIR,
}));
