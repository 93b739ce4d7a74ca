"""What agents do with their telephones' own buttons (O4): hold, and a transfer. Part of
call_queue_test.py: a mixin of its CallQueueTest.
"""

from __future__ import annotations


class ButtonCases:
    def test_3a_the_phones_own_hold_is_seen_on_the_screen(self):
        channel, _ = self.talks()
        self.pbx.holds("PJSIP/201")
        self.until("he is held", lambda: self.pbx.bridge_of(channel).startswith("opora-h-"))
        self.assertIsNotNone(self.queue()["calls"][0]["held_at"])
        self.pbx.unholds("PJSIP/201")
        self.until("they talk", lambda: self.pbx.bridge_of(channel).startswith("opora-t-"))
        self.ends(channel)

    def test_3b_the_phones_own_transfer_reaches_a_colleague_or_is_declined(self):
        channel, _ = self.talks()
        second = self.agent("202")
        self.away(second)
        for button, to in ((self.pbx.refers, "nobody"), (self.pbx.refers_attended, "202")):
            self.assertEqual(button("PJSIP/201", to), "yes", "the node is asked")
            self.until(
                "the phone hears no",
                lambda: self.pbx.transfer_answer("PJSIP/201") == "channel_declined",
            )
            self.assertEqual(self.queue()["calls"][0]["phase"], "talking", to)
        self.ready(second)
        self.pbx.refers("PJSIP/201", "202")
        self.until("the other phone rings", lambda: self.pbx.rings("PJSIP/202") == "yes")
        self.assertEqual(self.pbx.transfer_answer("PJSIP/201"), "channel_answered")
        self.pbx.answers("PJSIP/202")
        self.until("he has it", lambda: self.line_of("202")["call"] is not None)
        self.assertIsNone(self.line_of("201")["call"])
        self.ends(channel)
        self.away(second)
