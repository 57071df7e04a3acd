/** Addresses of people: proven by a link, changed by a link, and given back by one. */
import { Module } from '@nestjs/common';
import { AccountAccessModule } from '../account-page/account-access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { BrowserModule } from '../interaction/browser.module.js';
import { MailModule } from '../mail/mail.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { EmailChange } from './email.change.js';
import { EmailController } from './email.controller.js';
import { EmailLinkController } from './email-link.controller.js';
import { EmailLinks } from './email.links.js';
import { EmailRequests } from './email.requests.js';

@Module({
  imports: [
    AccountAccessModule,
    AuditModule,
    BrowserModule,
    MailModule,
    StorageModule,
    ViewsModule,
  ],
  controllers: [EmailController, EmailLinkController],
  providers: [EmailChange, EmailLinks, EmailRequests],
})
export class EmailModule {}
