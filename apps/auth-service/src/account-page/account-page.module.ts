/** The pages on which people look after their own account. */
import { Module } from '@nestjs/common';
import { AccountAccessModule } from './account-access.module.js';
import { ProfileController } from './profile.controller.js';

@Module({
  imports: [AccountAccessModule],
  controllers: [ProfileController],
})
export class AccountPageModule {}
