/** Words of which the most common passwords are made, written down for this project from general knowledge. */

/** Lower case. Sequences and repetitions are recognised by rule, not listed. */
export const COMMON_PASSWORD_WORDS: ReadonlySet<string> = new Set(
  `
  password passwort passw0rd p@ssword p@ssw0rd pa55word passwd passphrase motdepasse contrasena senha wachtwoord
  qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm yxcvbnm
  qwerasdf qazwsx qazwsxedc qweasd qweasdzxc 1qaz2wsx 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 zaq12wsx zaq1xsw2
  admin administrator root user guest test testing tester demo default master system login access secret private
  welcome willkommen bienvenue bienvenido hello hallo letmein changeme change secure security trustno1 whatever
  temp temporary example sample company office server database internet computer laptop network windows linux
  google facebook youtube twitter instagram amazon microsoft apple samsung nokia android iphone
  iloveyou loveyou ilove love lover lovely forever always sweet sweetheart sweety honey baby babygirl babyboy
  angel princess prince queen king kingdom heart darling beautiful friend friends family mother father
  brother sister daddy mommy mama papa
  monkey dragon tiger lion eagle falcon hawk wolf bear panda dog doggy cat kitty kitten horse pony rabbit bunny
  dolphin shark turtle butterfly spider snake fish bird chicken duck puppy mouse elephant
  football baseball basketball soccer hockey tennis golf rugby volleyball cricket swimming karate boxing
  arsenal chelsea liverpool barcelona realmadrid juventus manchester united everton celtic rangers steelers
  cowboys yankees lakers eagles packers raiders patriots broncos dodgers
  batman superman spiderman ironman starwars skywalker yoda vader pokemon pikachu mario zelda naruto goku
  gandalf frodo hobbit matrix harrypotter hermione jedi ninja samurai pirate warrior knight hunter killer
  destiny phoenix merlin shadow ghost angelus demon devil lucifer satan god jesus christ heaven blessed faith
  grace hope trinity genesis
  sunshine sunny sun moon star stars sky rainbow summer winter spring autumn sommer fruehling herbst snow rain
  storm thunder lightning fire ice water ocean river mountain flower rose lily daisy jasmine garden nature
  monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
  september october november december montag freitag sonntag januar februar
  red blue green yellow orange purple pink black white silver gold golden diamond crystal ruby pearl
  chocolate cookie cheese coffee banana apple cherry strawberry peanut pepper ginger sugar candy pizza beer
  whisky vodka
  michael jessica ashley daniel jordan thomas robert matthew andrew joshua anthony william charlie george
  michelle nicole jennifer amanda samantha andrea hannah sophie maria anna laura julia sarah martin peter
  stefan thomas christian alexander alexandra maximilian victoria elizabeth patrick richard jonathan nicholas
  benjamin joseph david james john jack oliver harry chris mike alex sam max buster bailey maggie rocky lucky
  ferrari porsche mercedes bmw audi honda toyota yamaha suzuki kawasaki harley mustang corvette camaro jaguar
  america canada england london paris berlin germany deutschland france italia espana brasil mexico australia
  austria schweiz newyork chicago dallas texas boston denver
  music guitar metallica slipknot nirvana beatles eminem rock rocknroll hiphop dance dancer party happy
  smile smiley lucky winner number one cool awesome perfect super superstar power energy freedom peace dream
  dreams magic wizard mystery money cash dollar rich million
  abc abcd abcde abcdef abc123 a1b2c3 a1b2c3d4 aaa xxx
  correcthorsebatterystaple thisismypassword iamthebest ilovemyself mypassword yourpassword newpassword
  oldpassword nopassword enterpassword password1password letmeinnow openthedoor opensesame
  fuckyou fuckoff fuck bitch asshole bullshit shithead pussy
  `
    .trim()
    .split(/\s+/),
);
