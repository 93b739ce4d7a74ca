"""The sample data make sense: what is written of a contact belongs to its topic, and so does what was
done about it.
"""

import random
import unittest

import paths
from demo_lib import people, rubricator, sample

TOPICS = rubricator.read(paths.TOP / "deploy/sample/rubricator.tsv")


def summaries(topic: str) -> set[str]:
    rng = random.Random(1)
    return {people.summary(rng, topic) for _ in range(50)}


class Sample(unittest.TestCase):
    def test_every_topic_has_words_of_its_own(self):
        heard: dict[str, str] = {}
        for topic in TOPICS:
            for text in summaries(topic.id):
                self.assertNotIn(text, heard, f"said of {heard.get(text)} and of {topic.id}")
                heard[text] = topic.id
        self.assertEqual(
            heard["Истёк сертификат врача, не подписываются документы"], "support-cert-renew"
        )

    def test_what_was_done_belongs_to_the_kind_of_the_topic(self):
        by_text: dict[str, set[str]] = {}
        for topic in TOPICS:
            for i in range(7):
                for action in sample.actions_on(i, topic.id, "specialist1"):
                    if action["action"] in ("complete", "comment"):
                        by_text.setdefault(action["text"], set()).add(topic.id.split("-")[0])
        self.assertGreater(len(by_text), 6)
        for text, kinds in by_text.items():
            self.assertEqual(len(kinds), 1, f"{text}: {kinds}")

    def test_a_topic_that_is_not_in_the_sample_has_words_too(self):
        self.assertTrue(summaries("made-at-the-hub"))
        self.assertTrue(people.done("made-at-the-hub"))


if __name__ == "__main__":
    unittest.main()
