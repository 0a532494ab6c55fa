"""Cases: what has to be put right, and, after a reminder and a written notice, deductions of honour and appeals.

Words: a *case* (提醒事项) says what was found, where, under which line of the tariff, and until when it is to be put
right. The first one is a *reminder* (提醒), the second a *written notice* (书面告知); the *third time* a deduction
(扣减) is proposed, and so it is for a false claim that was proven, which needs no steps before it. What is put right in
time is *cured* (已整改) and counts no more; a shift that somebody missed, by coming to another one or by its reason. A
second person *confirms* or *declines* a proposed deduction; it takes effect when the time to appeal (申诉) is over, or
with an appeal that was not upheld; an upheld one leaves nothing. All of it is told to the household alone: there is no
public page of a case. Where a case stands is read from its rows and the clock.
"""
