/** What every account page needs: who gets in, its forms, its frame. */
import { Module } from '@nestjs/common';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { InteractionModule } from '../interaction/interaction.module.js';
import { BrowserModule } from '../interaction/browser.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { AccountAccess } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountNotices } from './account.notices.js';
import { AccountPages } from './account.pages.js';

@Module({
  imports: [AuthenticationModule, BrowserModule, InteractionModule, StorageModule, ViewsModule],
  providers: [AccountAccess, AccountForm, AccountNotices, AccountPages],
  exports: [AccountAccess, AccountForm, AccountPages],
})
export class AccountAccessModule {}
