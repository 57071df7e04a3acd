/** Serves what pages load: style sheet, images, the one script. */
import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { ViewFiles } from './view.files.js';

const HASHED = /^(.+)\.[0-9a-f]{16}(\.[a-z0-9]+)$/;

@Controller('assets')
export class AssetsController {
  constructor(@Inject(ViewFiles) private readonly files: ViewFiles) {}

  /**
   * A path with another hash is a page's of another release: it gets what there is, and is told not
   * to keep it, so that a page is never without its style while replicas are replaced.
   */
  @Get(':file')
  serve(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const asset = this.files.assets.get(file.replace(HASHED, '$1$2'));
    if (asset === undefined || !HASHED.test(file)) throw new NotFoundException();
    const current = asset.path.endsWith(`/${file}`);
    void reply
      .headers({
        'content-type': asset.contentType,
        'cache-control': current ? 'public, max-age=31536000, immutable' : 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        // An image that is opened by itself is a document of this origin: it may do nothing here.
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      })
      .send(asset.body);
  }
}
