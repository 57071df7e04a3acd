import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';

@Controller('cart')
export class CartController {
  @Get()
  @UseGuards(AuthGuard('jwt'))
  mine() {
    return { items: 3 };
  }

  @Get('offers')
  offers() {
    return ['keys'];
  }
}
