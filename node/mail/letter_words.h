// What letters say: six whole templates in the words of the one catalogue (web/ui/messages, keys
// "letter_…_subject" and "letter_…_text"), in both languages. Pure; any thread.
//
// A template has named holes, "{number}". Paragraphs stand apart by an empty line, and one whose
// hole has nothing to be filled with is left out: whoever words a letter says everything that it
// may say, and no program puts sentences together. What is put in is never looked through again.
//
// A letter has the ticket's number, its state, what is asked, the answer and the moments that the
// applicant needs; no name, no telephone number, nothing of what the contact was about. To whomever
// a duplicate is of goes nothing that was written to another: the templates of merged tickets have
// no hole for a text.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/domain/local_day.h"
#include "protocol/domain/state.h"

namespace opora::node {

enum class LetterKind : std::uint8_t {
  kRegistered,
  kAsked,
  kDone,
  kRejected,
  kMergedDone,
  kMergedRejected,
};
struct LetterWords {
  std::string subject;
  std::string body;
};
struct LetterTemplate {
  std::string_view subject;
  std::string_view text;
};

// Of this program, with the catalogue's names: what tests go through.
struct NamedLetter {
  LetterKind kind;
  std::string_view key;
};
inline constexpr std::array kLetters = {
    NamedLetter{LetterKind::kRegistered, "letter_registered"},
    NamedLetter{LetterKind::kAsked, "letter_asked"},
    NamedLetter{LetterKind::kDone, "letter_done"},
    NamedLetter{LetterKind::kRejected, "letter_rejected"},
    NamedLetter{LetterKind::kMergedDone, "letter_merged_done"},
    NamedLetter{LetterKind::kMergedRejected, "letter_merged_rejected"},
};
// The language is not the region's: that must have been put in before.
LetterTemplate letter_template(LetterKind kind, protocol::Language language);

// ---- Filling

// Names and what they are filled with; a name that is not there has nothing.
using Holes = std::vector<std::pair<std::string_view, std::string>>;
// The names in `words`, in their order, repeated as they are.
std::vector<std::string_view> holes_of(std::string_view words);
// By the rule above; ends with a line's end.
std::string fill(std::string_view text, const Holes& holes);

// ---- Of a ticket

// Whose end it is that is told of.
enum class EndedBy : std::uint8_t { kItself, kAnotherTicket };

struct LetterFacts {
  protocol::TellWhat what = protocol::TellWhat::kRegistered;
  protocol::ToldWhom whom = protocol::ToldWhom::kApplicant;
  std::string number;
  std::string site;  // that writes
  std::string text;  // what is asked for, or the answer
  protocol::RejectReason reason{};
  TimeMs due;         // of the registration: by when it will be done; zero: not said
  TimeMs session_at;  // of a request: an agreed remote session; zero: none
  EndedBy end = EndedBy::kItself;
  TimeMs until;  // of the completion: so long one may object (A17); zero: not at all
};

// In the language (not the region's, see above), with times of the place.
LetterWords write_letter(const LetterFacts& facts, protocol::Language language,
                         const protocol::ZoneOffset& zone);

}  // namespace opora::node
