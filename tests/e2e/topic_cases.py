"""Which kind of contact a topic means, and what a new ticket is opened with. Cases for a region whose class
gives `operator` (at its node), `at_hub` (an administrator), register(), refused(), card() and act().
"""

from __future__ import annotations

from demo_lib.http_client import until

_SUPPORT = "support-clinic"


class TopicCases:
    def publish(self, version: int, topics: list, status: int = 200) -> dict:
        path = "/api/v1/catalogues/rubricator"
        return self.at_hub("PUT", path, {"version": version, "topics": topics}, status)

    def test_a_region_whose_kinds_are_named_in_english_says_itself_what_its_topics_mean(self):
        path = "/api/v1/catalogues/rubricator"
        old = self.at_hub("GET", path)
        by_id = {topic["id"]: topic for topic in old["topics"]}
        # The sample says no kinds: they are known by its names, once.
        self.assertEqual(by_id[_SUPPORT]["contact_kind"], "support")
        self.assertEqual(by_id["booking-waiting-list"]["contact_kind"], "waiting_list")
        self.assertIsNone(by_id["info-hours"]["contact_kind"])
        group = {"group": "Systems", "name": "Cannot log in"}
        login = {"id": "login", "kind": "Assistance", **group}
        unknown = [*old["topics"], login | {"contact_kind": "complaint"}]
        refused = self.publish(old["version"], unknown, 422)
        self.assertEqual(refused["path"], f"topics[{len(old['topics'])}].contact_kind")
        more = [
            login | {"contact_kind": "support"},
            {"id": "visit", "kind": "Visits", **group, "contact_kind": "house_call"},
            {"id": "plain", "kind": "Support", **group, "contact_kind": None},
            {"id": "known", "kind": "Hot line", **group},
        ]
        new = self.publish(old["version"], [*old["topics"], *more])
        said = {topic["id"]: topic["contact_kind"] for topic in new["topics"]}
        self.assertEqual(
            [said[topic["id"]] for topic in more], ["support", "house_call", None, "hot_line"]
        )
        # Left out: as it was.
        silent = [
            {name: value for name, value in topic.items() if name != "contact_kind"}
            for topic in new["topics"]
        ]
        self.assertEqual(self.publish(new["version"], silent), new)
        until(lambda: self.operator("GET", path) == new, "the topics at the site")
        lacking = ["organisation", "applicant", "support_code"]
        card = self.card(self.register(topic="login", applicant=None))
        self.assertEqual((card["kind"], card["missing"]), ("support", lacking))
        self.assertIsNone(self.card(self.register(topic="login", kind=None))["kind"])
        self.assertIsNone(self.card(self.register(topic="plain"))["kind"])
        # Whoever knows no kinds is not refused for want of an address.
        self.assertIsNone(self.card(self.register(topic="visit"))["kind"])
        visit = self.card(self.register(topic="visit", address="5, Mira st."))
        self.assertEqual((visit["kind"], visit["visit"]["stage"]), ("house_call", "new"))

    def test_a_new_ticket_has_the_things_to_do_that_are_said_with_it(self):
        self.refused("items", items=["Позвонить"], outcome="solved", urgency=None)
        self.refused("items[1]", items=["Позвонить", " "])
        self.refused("items", items=["Позвонить"] * 51)
        made = self.register(items=["Позвонить", "Взять кабель"])
        number = made["ticket"]["number"]
        items = self.operator("GET", f"/api/v1/tickets/{number}/ties")["items"]
        self.assertEqual(
            [(one["item"], one["text"], one["done"]) for one in items],
            [(1, "Позвонить", False), (2, "Взять кабель", False)],
        )
        self.act(made, action="tick_item", item=2)
        self.act(made, action="add_item", text="Сказать заявителю")
        items = self.operator("GET", f"/api/v1/tickets/{number}/ties")["items"]
        self.assertEqual([(one["item"], one["done"]) for one in items][1:], [(2, True), (3, False)])
