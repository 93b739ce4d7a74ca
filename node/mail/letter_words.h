// What letters say, in the words of the one catalogue (web/ui/messages, keys "letter_…"), in both
// languages. Pure once made; any thread. A letter has the ticket's number, its state, what is
// asked, the answer and the moments that the applicant needs; no name, no telephone number, nothing
// of what the contact was about.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/domain/local_day.h"
#include "protocol/domain/state.h"

namespace opora::node {

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
struct LetterWords {
  std::string subject;
  std::string body;
};

class LetterCatalogue {
 public:
  // Of this program. kCorrupt names what a language lacks: a bug, which a test finds.
  static Result<LetterCatalogue> shipped();

  // In the language (the region's must have been put in before) with times of the place.
  LetterWords write(const LetterFacts& facts, protocol::Language language,
                    const protocol::ZoneOffset& zone) const;

 private:
  using Words = std::map<std::string, std::string, std::less<>>;
  static Result<Words> read(std::string_view json);
  std::array<Words, 2> words_;  // Russian, English
};

}  // namespace opora::node
