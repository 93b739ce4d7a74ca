// The relay of the region's mail with the mailboxes behind it: what was handed over, what it took,
// and what its sender knows of that. Outlives every machine; the checkers read it.
//
// A letter goes through: handed over → taken → heard → said. Where it stops, the same letter may
// come again: the line broke before it was taken or before that was heard, the daemon ended, the
// journal refused the word. What was said, and stands, is never sent again.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "node/mail/mailroom.h"
#include "tests/sim/region/sim.h"

namespace opora::sim {

struct Handed {
  SiteNo site;
  std::uint64_t life = 0;  // the run of the daemon
  std::int64_t at_ms = 0;
  std::string id;  // of its Message-ID
  std::string to;
  AggregateId ticket;
  bool taken = false;
  enum class End : std::uint8_t { kUnderWay, kNotHeard, kSaid, kRefused } end = End::kUnderWay;
  CommandId said_by;     // the command that says it; zeros: none
  bool unheard = false;  // what another site had said of it was not here yet
};

class LetterBook {
 public:
  explicit LetterBook(Sim& sim) : sim_(sim) {}

  std::uint64_t new_life() { return ++lives_; }
  // Returns its place in the book.
  std::size_t handed(SiteNo site, std::uint64_t life, const node::OutgoingLetter& letter);
  void unheard() { letters_.back().unheard = true; }
  void taken(std::size_t place) { letters_[place].taken = true; }
  // The line broke, or the relay refused: the sender tries again and may.
  void not_heard(std::size_t place) { letters_[place].end = Handed::End::kNotHeard; }
  // A command of a postman: no other command is anybody's.
  CommandId next_command();
  void says(std::size_t place, const CommandId& command) { letters_[place].said_by = command; }
  void said(std::size_t place, Handed::End end) { letters_[place].end = end; }

  // From now on the relay takes what it is given, and says so.
  void get_well() { well_ = true; }
  bool well() const { return well_; }

  const std::vector<Handed>& letters() const { return letters_; }
  bool asked(const CommandId& command) const { return commands_.contains(command); }

 private:
  Sim& sim_;
  std::vector<Handed> letters_;
  std::set<CommandId> commands_;
  std::uint64_t lives_ = 0;
  bool well_ = false;
};

}  // namespace opora::sim
