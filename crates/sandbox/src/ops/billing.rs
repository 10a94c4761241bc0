//! Reads who is billed.

use crate::error::ApiError;
use crate::form::Node;
use crate::model::{Address, BillingDetails};

/// Merges `billing_details[…]` into what is known.
pub fn merge_billing(node: &Node<'_>, billing: &mut BillingDetails) -> Result<(), ApiError> {
    let Some(details) = node.group("billing_details")? else {
        return Ok(());
    };
    details.allow(&["address", "email", "name", "phone", "tax_id"])?;
    details.update("email", &mut billing.email)?;
    details.update("name", &mut billing.name)?;
    details.update("phone", &mut billing.phone)?;
    if let Some(address) = details.group("address")? {
        merge_address(&address, &mut billing.address)?;
    }
    Ok(())
}

/// Merges the parts of an address.
pub fn merge_address(node: &Node<'_>, address: &mut Address) -> Result<(), ApiError> {
    node.allow(&["city", "country", "line1", "line2", "postal_code", "state"])?;
    node.update("city", &mut address.city)?;
    node.update("country", &mut address.country)?;
    node.update("line1", &mut address.line1)?;
    node.update("line2", &mut address.line2)?;
    node.update("postal_code", &mut address.postal_code)?;
    node.update("state", &mut address.state)
}

/// Merges the address fields of the older shape: `card[address_zip]` and its like.
pub fn merge_card_address(node: &Node<'_>, billing: &mut BillingDetails) -> Result<(), ApiError> {
    node.update("name", &mut billing.name)?;
    let address = &mut billing.address;
    node.update("address_city", &mut address.city)?;
    node.update("address_country", &mut address.country)?;
    node.update("address_line1", &mut address.line1)?;
    node.update("address_line2", &mut address.line2)?;
    node.update("address_state", &mut address.state)?;
    node.update("address_zip", &mut address.postal_code)
}
