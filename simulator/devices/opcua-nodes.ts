/** Finding nodes of the companion specifications in the simulated server's address space. */
import { type AddressSpace, makeNodeId, type UADataType, type UAObject, type UAObjectType } from 'node-opcua';

const DI_URI = 'http://opcfoundation.org/UA/DI/';
const deviceSet = 5001;

const node = <T>(addressSpace: AddressSpace, uri: string, identifier: number): T => {
  const found = addressSpace.findNode(makeNodeId(identifier, addressSpace.getNamespaceIndex(uri)));
  if (!found) throw new Error(`node ${identifier} of ${uri} is not loaded`);
  return found as T;
};

/** Objects/DeviceSet. */
export const deviceSetOf = (addressSpace: AddressSpace): UAObject =>
  node<UAObject>(addressSpace, DI_URI, deviceSet);

/** The types of one companion specification, by the identifiers its node set fixes. */
export const typesOf = (addressSpace: AddressSpace, uri: string) => ({
  objectType: (identifier: number): UAObjectType => node<UAObjectType>(addressSpace, uri, identifier),
  dataType: (identifier: number): UADataType => node<UADataType>(addressSpace, uri, identifier),
});
