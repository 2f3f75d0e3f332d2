"""The words of roster, hand-over, calendar and figures."""

from __future__ import annotations

from hub.console.words.texts import N_

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

DAYS = {
    "working": "",
    "moved": N_("workday"),
    "weekend": "",
    "holiday": N_("day off"),
    "unknown": N_("unknown"),
}
"""What stands beside a day of the calendar, by the core's kinds."""

LOOKS = {
    "sealed": N_("sealed"),
    "planned": N_("planned"),
    "proposed": N_("proposed"),
}
"""What lies on a day of the calendar."""

CALENDAR_MISTAKES = (
    N_("the year %(year)s cannot be meant"),
    N_("is empty; name the notice: its title, number and day"),
    N_("has no holiday; begin each with a line %(line)s, in double brackets"),
    N_("is empty in %(language)s"),
    N_("ends (%(last)s) before it begins (%(first)s)"),
    N_("%(day)s is not in %(year)s; it belongs to another calendar"),
    N_("%(day)s is not in %(year)s, nor in the December before"),
    N_("overlaps %(other)s: both have %(day)s"),
    N_("%(day)s is a %(weekday)s, on which people work anyway; is the day right?"),
    N_("%(day)s is also a day off, of %(other)s; it cannot be both"),
    N_("%(day)s is named twice as a day that is worked"),
    N_("%(day)s is in the year before: it takes precedence over what the calendar of %(year)s says"),
    N_("is a working day alone between days off; does a range end too early?"),
    N_(
        "%(off)s weekdays off less %(work)s weekend days worked are %(given)s days, fewer than the %(due)s statutory "
        "ones; is a holiday or a day wrong?"
    ),
    N_(
        "%(off)s weekdays off less %(work)s weekend days worked are %(given)s days, more than the %(due)s statutory "
        "ones; is a holiday or a day wrong?"
    ),
    N_("does not know %(year)s; nothing was compared with it"),
    N_("does not have the notice for %(year)s yet; nothing was compared with it"),
    N_("%(days)s are days off here, and the library says otherwise; compare with the notice"),
    N_("%(days)s are worked here, and the library says otherwise; compare with the notice"),
    N_("%(first)s to %(last)s"),
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("this is not %(coding)s text; save it as %(coding)s"),
    N_("this is not %(format)s: %(error)s"),
    N_("this is not %(format)s: too many brackets within each other"),
    N_("begin each with a line %(line)s, in double brackets"),
    N_("is missing; write %(key)s = %(wanted)s"),
    N_("has a character that nobody sees: %(code)s"),
    N_("must be %(wanted)s"),
    N_("there is no such key; did you mean %(near)s?"),
    N_("there is no such key; known here are %(known)s"),
    N_("a list, in square brackets, of %(wanted)s"),
    N_("text in quotation marks"),
    N_("a whole number without quotation marks"),
    N_("a day such as 2035-12-31, without quotation marks"),
)
"""What shape and rules of a calendar document say, by the core's own sentences."""
