//! Rules that choose a route table.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::route::RouteHeader;
use netlink_packet_route::rule::{RuleAction, RuleAttribute, RuleMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use super::{Netlink, unless_exists, unless_missing};
use crate::driver::{Error, Result};

/// Before the kernel's own rule for the main table (32766), and in this order.
const RETURNS: u32 = 40;
const CLIENTS: u32 = 50;
const MAIN_FIRST: u32 = 100;
const MARKS: u32 = 200;
const SOURCES: u32 = 300;

impl Netlink {
    /// Whether all routes of the main table, its default ones excepted, come before those of marked packets.
    pub fn prefer_main_table(&mut self, preferred: bool) -> Result<()> {
        let mut rule = rule(MAIN_FIRST, RouteHeader::RT_TABLE_MAIN.into());
        rule.attributes.push(RuleAttribute::SuppressPrefixLen(0));
        self.set_rule(rule, preferred).map_err(|e| Error::io("set the rule for the main table", e))
    }

    /// Whether packets with the mark `table` are routed by the table of that number.
    pub fn mark_leads_to_table(&mut self, table: u32, leads: bool) -> Result<()> {
        let mut rule = rule(MARKS, table);
        rule.attributes.push(RuleAttribute::FwMark(table));
        self.set_rule(rule, leads).map_err(|e| Error::io(format!("set the rule for table {table}"), e))
    }

    /// Whether packets from `source` are routed by this table.
    pub fn source_leads_to_table(&mut self, source: Ipv4Addr, table: u32, leads: bool) -> Result<()> {
        let mut rule = rule(SOURCES, table);
        rule.header.src_len = 32;
        rule.attributes.push(RuleAttribute::Source(source.into()));
        self.set_rule(rule, leads).map_err(|e| Error::io(format!("set the rule for packets from {source}"), e))
    }

    /// What comes by the device is for this namespace, whatever address it is sent to.
    pub fn device_is_for_clients(&mut self, name: &str) -> Result<()> {
        let mut rule = rule(CLIENTS, Self::EVERYTHING);
        rule.attributes.push(RuleAttribute::Iifname(name.to_owned()));
        self.set_rule(rule, true).map_err(|e| Error::io(format!("set the rule for packets from {name}"), e))
    }

    /// Whether packets with the mark `table` are routed by the table of that number before all else.
    pub fn mark_returns_by_table(&mut self, table: u32, returns: bool) -> Result<()> {
        let mut rule = rule(RETURNS, table);
        rule.attributes.push(RuleAttribute::FwMark(table));
        self.set_rule(rule, returns).map_err(|e| Error::io(format!("set the rule for answers by table {table}"), e))
    }

    /// The tables that marks lead to.
    pub fn marked_tables(&mut self) -> Result<BTreeSet<u32>> {
        let mut wanted = RuleMessage::default();
        wanted.header.family = AddressFamily::Inet;
        let found = self.dump(RouteNetlinkMessage::GetRule(wanted)).map_err(|e| Error::io("list rules", e))?;
        let marks = found.iter().filter_map(|message| match message {
            RouteNetlinkMessage::NewRule(rule) => rule.attributes.iter().find_map(|attribute| match attribute {
                RuleAttribute::FwMark(mark) => Some(*mark),
                _ => None,
            }),
            _ => None,
        });
        Ok(marks.collect())
    }

    fn set_rule(&mut self, rule: RuleMessage, exists: bool) -> std::io::Result<()> {
        if exists {
            unless_exists(self.execute(RouteNetlinkMessage::NewRule(rule), NLM_F_CREATE | NLM_F_EXCL))
        } else {
            unless_missing(self.execute(RouteNetlinkMessage::DelRule(rule), 0))
        }
    }
}

fn rule(priority: u32, table: u32) -> RuleMessage {
    let mut message = RuleMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.action = RuleAction::ToTable;
    message.attributes = vec![RuleAttribute::Priority(priority), RuleAttribute::Table(table)];
    message
}
