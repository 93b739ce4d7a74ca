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
