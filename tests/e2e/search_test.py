"""The search box: words of what was said and the topic's names of today find a ticket."""

from __future__ import annotations

import dataclasses
from urllib.parse import quote

import harness
from demo_lib.http_client import Api, until


class Search(harness.RegionTest):
    def _found(self, api: Api, text: str) -> set[str]:
        items = api.get(f"/api/v1/tickets?status=all&limit=200&q={quote(text)}")["items"]
        return {ticket["number"] for ticket in items}

    def _finds(self, api: Api, text: str, number: str) -> None:
        until(
            lambda: number in self._found(api, text),
            f"{text!r} finds {number}",
            harness.PATIENCE_S,
        )

    def test_a_ticket_is_found_by_the_names_that_its_topic_has_now(self):
        topic = harness.TOPICS[0]
        fields = {"summary": "Просит перезвонить", "applicant": "Журавлёв Пётр Ильич"}
        made = self.program(self.node).post(
            "/api/v1/contacts", harness.ticket_contact(topic=topic.id, **fields)
        )
        other = self.program(self.node).post(
            "/api/v1/contacts", harness.ticket_contact(topic=harness.TOPICS[-1].id, **fields)
        )
        number, other_number = made["ticket"]["number"], other["ticket"]["number"]
        admin = self.admin(self.node)
        self._finds(admin, topic.name, number)
        self._finds(admin, f"журавлев {topic.group}", number)
        self._finds(admin, "Журавлёв", other_number)
        self.assertNotIn(other_number, self._found(admin, topic.name))
        renamed = dataclasses.replace(topic, name="Вызов снегоуборщика")
        self.region.publish([renamed, *harness.TOPICS[1:]])
        for member in (self.node, self.hub):
            reader = self.admin(member)
            self._finds(reader, "снегоуборщики", number)
            self.assertNotIn(number, self._found(reader, topic.name))
            self.assertNotIn(other_number, self._found(reader, "снегоуборщики"))
        self._survives_a_kill_between_versions(topic, number)

    def test_pages_of_a_list_that_grows_have_each_ticket_once_and_miss_none(self):
        """Sparse filters too: every fourth ticket has the topic, every eighth the urgency as well."""
        program = self.program(self.node)
        rare, often = harness.TOPICS[1].id, harness.TOPICS[2].id

        def register(no: int) -> tuple[str, str]:
            fields = {"topic": rare if no % 4 == 0 else often, "phone": "+7 900 000-07-07"}
            urgency = "high" if no % 8 == 0 else "low"
            body = harness.ticket_contact(**fields) | {"urgency": urgency}
            return program.post("/api/v1/contacts", body)["ticket"]["number"], fields["topic"]

        known = [register(no) for no in range(200)]
        reader = self.admin(self.node)
        own = f"phone={quote('+7 900 000-07-07')}"
        for query, wanted in (
            (f"topic={rare}", known[::4]),
            (f"topic={rare}&urgency=high", known[::8]),
            (f"topic={often}&urgency=low", [one for no, one in enumerate(known) if no % 4]),
            (f"{own}&topic={rare}", known[::4]),
        ):
            with self.subTest(query=query):
                found: list[str] = []
                cursor = ""
                while True:
                    page = reader.get(f"/api/v1/tickets?limit=11&{query}{cursor}")
                    self.assertLessEqual(len(page["items"]), 11)
                    found += [item["number"] for item in page["items"]]
                    if not page["next_cursor"]:
                        break
                    cursor = f"&cursor={page['next_cursor']}"
                    register(8)  # of each list but one, in front of what is being read
                newest_first = [number for number, _ in reversed(wanted)]
                numbers = {number for number, _ in known}
                self.assertEqual([one for one in found if one in numbers], newest_first)
                self.assertEqual(len(found), len(set(found)), "none twice")

    def _survives_a_kill_between_versions(self, topic, number: str) -> None:
        """What the index had not taken up yet is taken up at the next start."""
        self.region.publish(
            [dataclasses.replace(topic, name="Прокат дирижаблей"), *harness.TOPICS[1:]]
        )
        self.hub.daemon.kill()
        self.hub.restart()
        self._finds(self.admin(self.hub), "дирижабль", number)


if __name__ == "__main__":
    harness.main()
