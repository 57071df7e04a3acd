/** Where the issuer sends people who signed out. */
import { Controller, Get, Redirect } from '@nestjs/common';

@Controller('signed-out')
export class SignedOutController {
  @Get()
  @Redirect('/?signed_out=1', 303)
  show(): void {
    // The decorator says it all.
  }
}
