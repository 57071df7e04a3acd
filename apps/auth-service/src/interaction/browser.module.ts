/** Recognises browsers and their forms, for every page and for the endpoints that send a browser to one. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BrowserCookie } from './browser.cookie.js';
import { PageForm } from './page.form.js';

@Module({
  imports: [AuditModule],
  providers: [BrowserCookie, PageForm],
  exports: [BrowserCookie, PageForm],
})
export class BrowserModule {}
