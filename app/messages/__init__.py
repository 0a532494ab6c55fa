"""Messages 消息: what people are told. An inbox for everybody, and e-mail for those who confirmed an address.

Words: a *message* (消息) is told once for one *cause* (`because`); its *kind* says how it reads, in the reader's
language and at the moment of reading. The *way* (方式) of a kind is how it also comes by e-mail: now, in the daily
*digest* (每日汇总), or not at all. A *mail* (邮件) is one row of the outbox, sent by `flask tick`. *Digits* (验证码)
prove that an address is read by its owner. What is no longer true is *taken back*.

Other rooms never write here: `app/telling` says who is told what when something happens.
"""
