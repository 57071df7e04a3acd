/** Recognises browsers, for every page and for the endpoints that send a browser to one. */
import { Module } from '@nestjs/common';
import { BrowserCookie } from './browser.cookie.js';

@Module({ providers: [BrowserCookie], exports: [BrowserCookie] })
export class BrowserModule {}
