//! Questions and answers as bytes. Only a question's first and only entry is understood, as by every resolver.

use std::net::{IpAddr, Ipv4Addr};

use simple_dns::rdata::{A, PTR, RData};
use simple_dns::{CLASS, Name, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, RCODE, ResourceRecord, TYPE};

/// How long a private name may be remembered, in seconds: as AWS's resolver says.
const TTL: u32 = 60;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    id: u16,
    is_recursion_desired: bool,
    kind: QTYPE,
    asked: String,
    /// Lower case, without the last dot.
    pub name: String,
    pub wanted: Wanted,
}

/// What is asked of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Its address of version 4.
    Address,
    /// The name that belongs to an address.
    Name(IpAddr),
    /// Anything else.
    Other,
}

/// What is replied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// In any order; none if the name exists and leads nowhere now.
    Addresses(Vec<Ipv4Addr>),
    Name(String),
    /// The name exists, but not with this type.
    Nothing,
    ServerFailure,
}

impl Query {
    /// Reads a question. `Err` is what to reply instead, if anything: nothing at all to answers and to noise.
    pub fn parse(bytes: &[u8]) -> Result<Self, Option<Vec<u8>>> {
        let packet = match Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(_) => return Err(None),
        };
        if packet.has_flags(PacketFlag::RESPONSE) {
            return Err(None);
        }
        if packet.opcode() != OPCODE::StandardQuery {
            return Err(refusal(packet.id(), RCODE::NotImplemented));
        }
        let [question] = packet.questions.as_slice() else {
            return Err(refusal(packet.id(), RCODE::FormatError));
        };
        if !matches!(question.qclass, QCLASS::CLASS(CLASS::IN) | QCLASS::ANY) {
            return Err(refusal(packet.id(), RCODE::Refused));
        }
        let asked = question.qname.to_string();
        let name = asked.trim_end_matches('.').to_ascii_lowercase();
        let wanted = match question.qtype {
            QTYPE::TYPE(TYPE::A) => Wanted::Address,
            QTYPE::TYPE(TYPE::PTR) => reverse_address(&name).map_or(Wanted::Other, Wanted::Name),
            _ => Wanted::Other,
        };
        let is_recursion_desired = packet.has_flags(PacketFlag::RECURSION_DESIRED);
        Ok(Self { id: packet.id(), is_recursion_desired, kind: question.qtype, asked, name, wanted })
    }

    /// The reply's bytes; `None` if a name of ours cannot be expressed.
    pub fn reply(&self, answer: &Answer) -> Option<Vec<u8>> {
        let name = Name::new(&self.asked).ok()?;
        let mut packet = Packet::new_reply(self.id);
        packet.set_flags(PacketFlag::RECURSION_AVAILABLE);
        if self.is_recursion_desired {
            packet.set_flags(PacketFlag::RECURSION_DESIRED);
        }
        let class = QCLASS::CLASS(CLASS::IN);
        packet.questions.push(simple_dns::Question::new(name.clone(), self.kind, class, false));
        let data = match answer {
            Answer::Addresses(addresses) => {
                addresses.iter().map(|address| RData::A(A { address: u32::from(*address) })).collect()
            }
            Answer::Name(target) => vec![RData::PTR(PTR(Name::new(target).ok()?))],
            Answer::Nothing => Vec::new(),
            Answer::ServerFailure => {
                *packet.rcode_mut() = RCODE::ServerFailure;
                Vec::new()
            }
        };
        let record = |data| ResourceRecord::new(name.clone(), CLASS::IN, TTL, data);
        packet.answers.extend(data.into_iter().map(record));
        packet.build_bytes_vec().ok()
    }
}

fn refusal(id: u16, code: RCODE) -> Option<Vec<u8>> {
    let mut packet = Packet::new_reply(id);
    *packet.rcode_mut() = code;
    packet.build_bytes_vec().ok()
}

/// `5.0.31.172.in-addr.arpa` is 172.31.0.5.
fn reverse_address(name: &str) -> Option<IpAddr> {
    let octets: Vec<u8> =
        name.strip_suffix(".in-addr.arpa")?.split('.').map(|octet| octet.parse().ok()).collect::<Option<_>>()?;
    let [d, c, b, a] = octets.try_into().ok()?;
    Some(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simple_dns::Question;

    use super::*;

    fn query(name: &str, kind: TYPE) -> Vec<u8> {
        let mut packet = Packet::new_query(7);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let class = QCLASS::CLASS(CLASS::IN);
        packet.questions.push(Question::new(Name::new(name).unwrap(), QTYPE::TYPE(kind), class, false));
        packet.build_bytes_vec().unwrap()
    }

    #[test]
    fn a_name_is_read_and_answered_with_its_address() {
        let query = Query::parse(&query("IP-10-0-0-5.ec2.internal", TYPE::A)).unwrap();
        assert_eq!((query.name.as_str(), query.wanted), ("ip-10-0-0-5.ec2.internal", Wanted::Address));
        let reply =
            query.reply(&Answer::Addresses(vec![Ipv4Addr::new(10, 0, 0, 5), Ipv4Addr::new(10, 0, 1, 5)])).unwrap();
        let reply = Packet::parse(&reply).unwrap();
        assert_eq!(reply.id(), 7);
        assert!(reply.has_flags(PacketFlag::RESPONSE));
        assert!(matches!(&reply.answers[0].rdata, RData::A(a) if a.address == 0x0a00_0005));
        assert!(matches!(&reply.answers[1].rdata, RData::A(a) if a.address == 0x0a00_0105));
        assert_eq!(reply.answers[0].name.to_string(), "IP-10-0-0-5.ec2.internal");
    }

    #[test]
    fn an_address_is_read_from_its_reverse_name() {
        let query = Query::parse(&query("5.0.31.172.in-addr.arpa", TYPE::PTR)).unwrap();
        assert_eq!(query.wanted, Wanted::Name(IpAddr::V4(Ipv4Addr::new(172, 31, 0, 5))));
        let reply = query.reply(&Answer::Name("ip-172-31-0-5.ec2.internal".into())).unwrap();
        assert!(matches!(&Packet::parse(&reply).unwrap().answers[0].rdata, RData::PTR(_)));
        for name in ["in-addr.arpa", "1.2.3.in-addr.arpa", "1.2.3.4.5.in-addr.arpa", "300.2.3.4.in-addr.arpa"] {
            assert_eq!(reverse_address(name), None, "{name}");
        }
    }

    #[test]
    fn answers_and_noise_are_not_answered() {
        let mut answer = query("a.b", TYPE::A);
        answer[2] |= 0x80;
        assert_eq!(Query::parse(&answer), Err(None));
        assert_eq!(Query::parse(b"noise"), Err(None));
    }

    proptest! {
        #[test]
        fn no_datagram_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(query) = Query::parse(&bytes) {
                query.reply(&Answer::ServerFailure);
            }
        }
    }
}
