/** The pages: templates, assets, and what sends them. */
import { Module } from '@nestjs/common';
import { viewsConfig, type ViewsConfig } from '../config/views.config.js';
import { AssetsController } from './assets.controller.js';
import { DevicePages } from './device.pages.js';
import { FactorPages } from './factor.pages.js';
import { PageRenderer } from './page.renderer.js';
import { PageSender } from './page.sender.js';
import { PageTemplates } from './page.templates.js';
import { EmailPages } from './email.pages.js';
import { PasswordPages } from './password.pages.js';
import { ViewFiles } from './view.files.js';

@Module({
  controllers: [AssetsController],
  providers: [
    {
      provide: ViewFiles,
      inject: [viewsConfig.KEY],
      useFactory: ({ overlayDirectory }: ViewsConfig) => ViewFiles.load(overlayDirectory),
    },
    PageTemplates,
    PageSender,
    PageRenderer,
    DevicePages,
    FactorPages,
    EmailPages,
    PasswordPages,
  ],
  exports: [DevicePages, EmailPages, FactorPages, PageRenderer, PageSender, PasswordPages],
})
export class ViewsModule {}
